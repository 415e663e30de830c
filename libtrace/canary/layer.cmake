dye_layer(canary
  USES ident
  LIBS PkgConfig::OPENSSL
  SOURCES persona.c record.c)
