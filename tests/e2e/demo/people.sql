-- People who do not exist, as fast as a sequence. Names, streets and dates are drawn from tables and hash functions of
-- (seed, number), so the same seed gives the same people.
--   phone    prefixes that no operator has, none of them in a canary's space
--   id_card  a real area and a real date, but the check character is always wrong: nobody holds such a number

CREATE FUNCTION pick(pool text[], seed bigint, n bigint, salt integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pool[1 + abs(hashint8extended(n, seed * 1000 + salt) % array_length(pool, 1))]
$$;

CREATE FUNCTION draw(below bigint, seed bigint, n bigint, salt integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT abs(hashint8extended(n, seed * 1000 + salt) % below)
$$;

-- The check character of GB 11643 of 17 digits, one off.
CREATE FUNCTION wrong_check(digits text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substr('10X98765432', (1 + sum(substr(digits, i::integer, 1)::integer * w)::integer) % 11 + 1, 1)
    FROM unnest('{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}'::integer[]) WITH ORDINALITY AS weight (w, i)
$$;

CREATE FUNCTION people(seed bigint, count bigint)
RETURNS TABLE (n bigint, name text, sex text, birth_date date, id_card text, phone text, address text)
LANGUAGE sql STABLE AS $$
    WITH drawn AS (
        SELECT i AS n,
               pick('{王,李,张,刘,陈,杨,黄,赵,吴,周,徐,孙,马,朱,胡,郭,何,林,高,罗,郑,梁,谢,宋,唐,许,韩,冯,邓,曹,彭,曾,肖,田,董,袁,潘,于,蒋,蔡,余,杜,叶,程,苏,魏,吕,丁,任,沈,欧阳,上官,司马}', seed, i, 1)
               || pick('{伟,芳,秀,敏,静,丽,强,磊,军,洋,勇,艳,杰,娟,涛,明,超,兰,霞,平,刚,桂,文,辉,建,玉,志,海,晓,雪}', seed, i, 2)
               || pick('{英,华,玲,梅,鹏,飞,宇,峰,龙,波,斌,浩,凯,欣,怡,琳,婷,颖,晨,阳,"",""}', seed, i, 3) AS name,
               draw(2, seed, i, 4) AS male,
               date '1938-01-01' + draw(29200, seed, i, 5)::integer AS birth,
               pick('{370102,370103,370104,370105,370112,370113,370202,370203,370302,370602,370702,371302}', seed, i, 6) AS area,
               draw(500, seed, i, 7) AS serial,
               pick('{142,143,160,161,163,168}', seed, i, 8) || lpad(draw(100000000, seed, i, 9)::text, 8, '0') AS phone,
               pick('{济南市历下区,济南市市中区,济南市槐荫区,济南市天桥区,济南市历城区,青岛市市南区,淄博市张店区,烟台市芝罘区}', seed, i, 13)
               || pick('{杏林,清泉,柳荫,荷香,云栖,松涛,望岳,听雨,长亭,碧波}', seed, i, 14) || pick('{路,街,巷,大道}', seed, i, 15)
               || (1 + draw(399, seed, i, 16)) || '号' || (1 + draw(28, seed, i, 17)) || '号楼' || (1 + draw(4, seed, i, 18)) || '单元'
               || (101 + 100 * draw(18, seed, i, 19) + draw(4, seed, i, 20)) || '室' AS address
        FROM generate_series(1, count) AS i
    )
    SELECT d.n, d.name, CASE d.male WHEN 1 THEN '男' ELSE '女' END, d.birth,
           digits || wrong_check(digits), d.phone, d.address
    FROM drawn d
    CROSS JOIN LATERAL (SELECT d.area || to_char(d.birth, 'YYYYMMDD') || lpad((2 * d.serial + d.male)::text, 3, '0')) x (digits)
$$;
