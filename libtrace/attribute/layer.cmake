dye_layer(attribute
  USES base ident
  LIBS
  SOURCES accounts.c attribute.c code_score.c contact.c explanation.c extent.c model.c overlap.c statistics.c)
