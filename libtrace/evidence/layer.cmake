dye_layer(evidence
  USES base
  LIBS
  SOURCES merkle.c placement.c)
