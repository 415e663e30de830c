dye_layer(sketch
  USES index
  LIBS PkgConfig::OPENSSL
  SOURCES sketch.c builder.c fuse.c hasher.c marks.c)
