dye_layer(scan
  USES decode index ident text
  LIBS 
  SOURCES scan.c record.c)
