dye_layer(scan
  USES decode index ident text
  SOURCES address.c census.c cell.c column_name.c day.c hits.c ideograph.c lanes.c lanes_avx512.c masks.c other.c prose.c
  run.c scan.c tally.c tries.c unwrap.c wide.c window.c window_avx2.c window_avx512.c wrapped.c written.c)
# The loops of these are what an ingest's time goes to: unrolled, and vectors where the processor has them.
if(CMAKE_BUILD_TYPE STREQUAL RelWithDebInfo AND NOT DYE_SANITIZE)
  set_source_files_properties(scan/lanes.c scan/lanes_avx512.c scan/window.c scan/window_avx2.c
    scan/window_avx512.c PROPERTIES COMPILE_OPTIONS -O3)
endif()
