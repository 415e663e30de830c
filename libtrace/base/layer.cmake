dye_layer(base
  LIBS PkgConfig::OPENSSL PkgConfig::LIBSODIUM PkgConfig::LIBXXHASH
  SOURCES status.c buf.c key.c prf.c digest.c)
