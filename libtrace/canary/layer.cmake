dye_layer(canary
  USES ident
  LIBS PkgConfig::OPENSSL
  SOURCES persona.c person_name.c home_address.c planner.c code.c record.c record_fhir.c record_hl7.c record_sql.c stamp.c
    surname.c variant.c)
