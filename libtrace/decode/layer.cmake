dye_layer(decode
  USES base text
  LIBS PkgConfig::LIBARCHIVE
  SOURCES decode.c container.c feed.c sniff.c name.c chunker.c)
