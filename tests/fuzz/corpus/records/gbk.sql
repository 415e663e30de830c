@INSERT INTO t VALUES (1,'…œ'),(2,'b');
INSERT INTO t VALUES (1,'ï\'),(2,'b|c'),(3,'ï\\'),(4,'x');
