dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c code_score.c coded.c describe.c explanation.c holdings.c law.c law_case.c law_count.c
    law_notice.c levels.c lineage.c lineage_parents.c model.c statistics.c)
