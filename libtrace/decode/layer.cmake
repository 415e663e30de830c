pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(MDB REQUIRED IMPORTED_TARGET GLOBAL libmdb)
dye_layer(decode
  USES base text
  LIBS PkgConfig::LIBARCHIVE PkgConfig::ZLIB PkgConfig::SQLITE PkgConfig::MDB
  SOURCES decode.c decoding.c helped.c whole.c rows.c container.c gunzip.c zip_tail.c feed.c sniff.c name.c chunker.c
    table.c base_file.c sqlite.c access.c pdf.c)
