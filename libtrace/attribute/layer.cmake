dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c code_score.c explanation.c law.c law_case.c law_count.c law_notice.c model.c statistics.c)
