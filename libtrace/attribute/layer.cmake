dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c)
