dye_layer(ident
  USES base text
  LIBS PkgConfig::OPENSSL
  SOURCES kind.c)
