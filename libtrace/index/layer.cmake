dye_layer(index
  USES ident
  LIBS PkgConfig::LIBXXHASH
  SOURCES index.c builder.c pile.c)
