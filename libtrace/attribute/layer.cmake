dye_layer(attribute
  USES base ident
  LIBS
  SOURCES accounts.c attribute.c code_score.c coded.c contact.c describe.c explanation.c extent.c holdings.c levels.c model.c overlap.c
    statistics.c)
