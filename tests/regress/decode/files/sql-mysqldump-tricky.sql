/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: d
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `tricky`
--

DROP TABLE IF EXISTS `tricky`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `tricky` (
  `id` int(11) DEFAULT NULL,
  `name` varchar(40) DEFAULT NULL,
  `mobile` bigint(20) DEFAULT NULL,
  `id_no` char(18) DEFAULT NULL,
  `note` text DEFAULT NULL,
  `x` blob DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `tricky`
--

LOCK TABLES `tricky` WRITE;
/*!40000 ALTER TABLE `tricky` DISABLE KEYS */;
INSERT INTO `tricky` VALUES
(1,'李沐阳',17420013841,'11014419900307213X','北京市海淀区学院路37号\\b\'s \"x\"\n), (\';',NULL),
(2,'欧阳若溪',17435520917,'320545198511210423','江苏省苏州市干将东路8号3幢202室\\b\'s \"x\"\n), (\';',NULL),
(3,'王建国',17481120356,'370146196205093112','山东省济南市历下区文化西路12号\\b\'s \"x\"\n), (\';',NULL),
(4,'阿依古丽·买买提',17462208813,'650147199708145620','新疆乌鲁木齐市天山区解放北路5号\\b\'s \"x\"\n), (\';',NULL),
(5,'张䶮',15410027764,'440348200112300910','广东省深圳市南山区科苑路15号\\b\'s \"x\"\n), (\';',NULL),
(6,'赵敏',17454410092,'510149199306252089','四川省成都市武侯区人民南路四段1号\\b\'s \"x\"\n), (\';',NULL);
/*!40000 ALTER TABLE `tricky` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-22 14:43:32
