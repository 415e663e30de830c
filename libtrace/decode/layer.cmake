pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET GLOBAL libisal)
dye_layer(decode
  USES base text
  LIBS PkgConfig::LIBARCHIVE PkgConfig::ISAL
  SOURCES decode.c decoding.c helped.c listing.c locked.c password.c warc.c whole.c rows.c container.c gunzip.c zip_tail.c
          feed.c sniff.c name.c chunker.c
          place.c record.c value.c dialect.c layout_lines.c layout_delimited.c layout_sql.c layout_json.c layout_vcard.c)
