dye_layer(sketch
  USES index
  LIBS PkgConfig::OPENSSL PkgConfig::LIBSODIUM
  SOURCES sketch.c builder.c fuse.c hash_list.c hasher.c identifier_set.c marks.c)
