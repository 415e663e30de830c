INSERT INTO t (a,b) VALUES (1,'17412345678'),(2,'it\'s (a.b@example.com'),
(3,Å\'17412345678');
