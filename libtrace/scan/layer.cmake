dye_layer(scan
  USES decode index ident text
  SOURCES scan.c)
