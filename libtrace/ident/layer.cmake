dye_embed(prefectures dye_prefectures ${CMAKE_CURRENT_SOURCE_DIR}/ident/data/prefectures.tsv)
dye_layer(ident
  USES base text
  LIBS PkgConfig::OPENSSL
  SOURCES kind.c spelling.c free_text.c region.c mobile.c resident_id.c email.c name.c address.c waybill.c opaque.c policy.c mrn.c
    bank_card.c uscc.c plate.c document.c passport.c permit.c qq.c wechat.c account.c forms.c name_forms.c trait.c pattern.c assigned.c
  GENERATED ${prefectures})
