--
-- PostgreSQL database dump
--

\restrict 7lzw5qjohpuUveYM55Coik2yZbzSm2sgo9epZ6spE5c8C8OC93hdJjAM7Uwn18h

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
-- Name: tricky; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.tricky (
    id integer,
    name text,
    mobile bigint,
    note text,
    gone date
);


ALTER TABLE public.tricky OWNER TO postgres;

--
-- Data for Name: tricky; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.tricky (id, name, mobile, note, gone) FROM stdin;
1	李沐阳	17420013841	北京市海淀区学院路37号\tb\\c\n'x'	\N
2	欧阳若溪	17435520917	江苏省苏州市干将东路8号3幢202室\tb\\c\n'x'	\N
3	王建国	17481120356	山东省济南市历下区文化西路12号\tb\\c\n'x'	\N
4	阿依古丽·买买提	17462208813	新疆乌鲁木齐市天山区解放北路5号\tb\\c\n'x'	\N
5	张䶮	15410027764	广东省深圳市南山区科苑路15号\tb\\c\n'x'	\N
6	赵敏	17454410092	四川省成都市武侯区人民南路四段1号\tb\\c\n'x'	\N
\.


--
-- PostgreSQL database dump complete
--

\unrestrict 7lzw5qjohpuUveYM55Coik2yZbzSm2sgo9epZ6spE5c8C8OC93hdJjAM7Uwn18h

