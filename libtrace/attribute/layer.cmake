dye_layer(attribute
  USES base ident
  LIBS
  SOURCES attribute.c code_score.c explanation.c lineage.c lineage_parents.c model.c statistics.c)
