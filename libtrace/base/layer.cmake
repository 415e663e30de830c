dye_layer(base
  LIBS PkgConfig::OPENSSL PkgConfig::LIBSODIUM PkgConfig::LIBXXHASH
  SOURCES status.c buf.c wipe.c key.c prf.c digest.c)
