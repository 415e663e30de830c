dye_layer(exclusion
  USES base ident
  LIBS PkgConfig::LIBSODIUM
  SOURCES batch.c builder.c list.c)
