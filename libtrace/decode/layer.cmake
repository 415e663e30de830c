dye_layer(decode
  USES base text
  LIBS PkgConfig::LIBARCHIVE
  SOURCES decode.c chunker.c)
