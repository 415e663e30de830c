dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c code_score.c coded.c describe.c explanation.c holdings.c levels.c model.c statistics.c)
