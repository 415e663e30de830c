dye_embed(simplified dye_simplified ${CMAKE_CURRENT_SOURCE_DIR}/text/data/simplified.txt)
dye_layer(text
  USES base
  LIBS PkgConfig::ICU_UC PkgConfig::ICU_I18N
  SOURCES charset.c detect.c wide.c mojibake.c utf8.c fold.c pinyin.c
  GENERATED ${simplified})
