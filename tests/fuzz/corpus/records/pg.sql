@--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
CREATE TABLE public.people (
    id integer NOT NULL,
    name text,
    note text DEFAULT 'x'::text
);
COPY public.people (id, name, note) FROM stdin;
1	张三	a\tb
2	李四	\N
\.

INSERT INTO public.people VALUES (3, 'C:\', E'a\nb');
INSERT INTO public.people VALUES (4, 'x''y', NULL);
