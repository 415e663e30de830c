dye_layer(evidence
  USES base
  LIBS PkgConfig::OPENSSL
  SOURCES merkle.c)
