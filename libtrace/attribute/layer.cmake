dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c explanation.c model.c statistics.c)
