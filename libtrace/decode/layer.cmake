pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET GLOBAL expat)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
dye_layer(decode
  USES base text
  LIBS PkgConfig::OPENSSL PkgConfig::LIBARCHIVE PkgConfig::ZLIB PkgConfig::EXPAT
  SOURCES decode.c decoding.c helped.c whole.c rows.c container.c gunzip.c zip_tail.c feed.c sniff.c name.c chunker.c
          place.c record.c value.c dialect.c layout_lines.c layout_delimited.c layout_sql.c layout_json.c layout_vcard.c
          office.c package.c relations.c xml.c grid.c number.c shared_strings.c xlsx.c sheet.c prose.c ods.c
          ole.c encrypted.c cfb.c wide.c biff.c xls.c doc.c ppt.c summary.c)
