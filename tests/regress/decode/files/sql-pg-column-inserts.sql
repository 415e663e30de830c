--
-- PostgreSQL database dump
--

\restrict xi1f0cMWCjSsyAy2Rm1EHTjNCOGS4tgrfIW551C2s0ZUdfqgeACEFBwFyGMDmmY

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: people; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.people (
    name text,
    mobile text,
    id_no text,
    email text,
    addr text
);


ALTER TABLE public.people OWNER TO postgres;

--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: postgres
--

INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('李沐阳', '17420013841', '11014419900307213X', 'muyang.li@example.com', '北京市海淀区学院路37号');
INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('欧阳若溪', '17435520917', '320545198511210423', 'ruoxi85@example.net', '江苏省苏州市干将东路8号3幢202室');
INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('王建国', '17481120356', '370146196205093112', 'wjg1962@example.org', '山东省济南市历下区文化西路12号');
INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('阿依古丽·买买提', '17462208813', '650147199708145620', 'ayigul@example.com', '新疆乌鲁木齐市天山区解放北路5号');
INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('张䶮', '15410027764', '440348200112300910', 'zhang.yan@example.net', '广东省深圳市南山区科苑路15号');
INSERT INTO public.people (name, mobile, id_no, email, addr) VALUES ('赵敏', '17454410092', '510149199306252089', 'min.zhao@example.com', '四川省成都市武侯区人民南路四段1号');


--
-- PostgreSQL database dump complete
--

\unrestrict xi1f0cMWCjSsyAy2Rm1EHTjNCOGS4tgrfIW551C2s0ZUdfqgeACEFBwFyGMDmmY

