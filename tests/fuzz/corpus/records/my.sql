@-- MariaDB dump 10.19
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `p`;
CREATE TABLE `p` (
  `id` int(11) NOT NULL,
  `xm` varchar(20) DEFAULT 'a,b',
  `amount` decimal(10,2) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `k` (`xm`)
) ENGINE=InnoDB;
LOCK TABLES `p` WRITE;
INSERT INTO `p` VALUES (1,'张三',1.50),(2,'O\'Neil\n',NULL),
(3,'it''s, (x)',0xE5BCA0);
INSERT INTO `p` (`id`,`b`) VALUES (4,'d');
REPLACE INTO q VALUES (5,_binary 'x\\');
UNLOCK TABLES;
