pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET GLOBAL libisal)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET GLOBAL libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET GLOBAL zlib)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET GLOBAL expat)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(MDB REQUIRED IMPORTED_TARGET GLOBAL libmdb)
dye_layer(decode
  USES base text
  LIBS PkgConfig::OPENSSL PkgConfig::JANSSON PkgConfig::LIBARCHIVE PkgConfig::ISAL PkgConfig::ZSTD PkgConfig::ZLIB PkgConfig::SQLITE PkgConfig::EXPAT
       PkgConfig::ICU_UC PkgConfig::MDB
  SOURCES decode.c decoding.c part.c helped.c listing.c locked.c rar_head.c password.c warc.c whole.c rows.c container.c gunzip.c unzstd.c zip_tail.c feed.c sniff.c name.c chunker.c
          place.c turn.c record.c value.c dialect.c layout_lines.c layout_delimited.c layout_sql.c layout_json.c layout_vcard.c
          office.c package.c relations.c xml.c grid.c number.c shared_strings.c book.c xlsx.c sheet.c xlsb.c biff12.c prose.c ods.c
          ole.c encrypted.c cfb.c wide.c biff.c xls.c doc.c ppt.c summary.c
          table.c base_file.c sqlite.c free_cells.c free_pages.c dbf.c access.c recode.c sniff_text.c html.c markup.c entity.c hint.c
          xml_records.c xml_shape.c xml_record.c mail.c mail_head.c base64.c pdf.c unwrap.c escapes.c)
