dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c code_score.c explanation.c extent.c model.c statistics.c)
