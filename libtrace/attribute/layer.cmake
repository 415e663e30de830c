dye_layer(attribute
  USES base ident
  LIBS
  SOURCES accounts.c attribute.c code_score.c coded.c contact.c describe.c explanation.c extent.c holdings.c law.c
    law_case.c law_count.c law_notice.c levels.c lineage.c lineage_parents.c model.c overlap.c statistics.c)
