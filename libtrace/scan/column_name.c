#include "column_name.h"

#include <strings.h>

enum { NAME_MAX_BYTES = 96, INITIALS_MAX = 8, DIGITS_MAX = 3 };

/*
 * What a name that holds one of these words says, the first that fits: from words that settle the matter to those that
 * stand beside others. Initials of pinyin fit as a whole only. They are words that may be told, too.
 */
static const struct says {
    const char *word;
    uint8_t cell;
    bool whole, born;
} words_that_say[] = {
    {"类型", DYE_CELL_TEXT, false, false},
    {"类别", DYE_CELL_TEXT, false, false},
    {"状态", DYE_CELL_TEXT, false, false},
    {"归属地", DYE_CELL_TEXT, false, false},
    {"status", DYE_CELL_TEXT, false, false},
    {"type", DYE_CELL_TEXT, false, false},
    {"邮编", DYE_CELL_TEXT, false, false},
    {"postcode", DYE_CELL_TEXT, false, false},
    {"ipaddr", DYE_CELL_TEXT, false, false},
    {"ip地址", DYE_CELL_TEXT, false, false},
    {"macaddr", DYE_CELL_TEXT, false, false},
    {"密码", DYE_CELL_TEXT, false, false},
    {"password", DYE_CELL_TEXT, false, false},
    {"passwd", DYE_CELL_TEXT, false, false},
    {"mailno", DYE_WAYBILL, false, false},
    {"邮箱", DYE_EMAIL, false, false},
    {"电子邮件", DYE_EMAIL, false, false},
    {"mail", DYE_EMAIL, false, false},
    {"地址", DYE_ADDRESS, false, false},
    {"住址", DYE_ADDRESS, false, false},
    {"addr", DYE_ADDRESS, false, false},
    {"户籍地", DYE_ADDRESS, false, false},
    {"居住地", DYE_ADDRESS, false, false},
    {"微信", DYE_WECHAT, false, false},
    {"wechat", DYE_WECHAT, false, false},
    {"weixin", DYE_WECHAT, false, false},
    {"qq", DYE_QQ, false, false},
    {"身份证", DYE_RESIDENT_ID, false, false},
    {"身份号", DYE_RESIDENT_ID, false, false},
    {"证件号", DYE_RESIDENT_ID, false, false},
    {"idcard", DYE_RESIDENT_ID, false, false},
    {"idnumber", DYE_RESIDENT_ID, false, false},
    {"identity", DYE_RESIDENT_ID, false, false},
    {"certno", DYE_RESIDENT_ID, false, false},
    {"护照", DYE_PASSPORT, false, false},
    {"passport", DYE_PASSPORT, false, false},
    {"通行证", DYE_PERMIT, false, false},
    {"permit", DYE_PERMIT, false, false},
    {"信用代码", DYE_USCC, false, false},
    {"纳税人", DYE_USCC, false, false},
    {"税号", DYE_USCC, false, false},
    {"uscc", DYE_USCC, false, false},
    {"creditcode", DYE_USCC, false, false},
    {"会员卡号", DYE_ACCOUNT, false, false},
    {"就诊卡", DYE_MRN, false, false},
    {"病历", DYE_MRN, false, false},
    {"病案", DYE_MRN, false, false},
    {"住院号", DYE_MRN, false, false},
    {"门诊号", DYE_MRN, false, false},
    {"mrn", DYE_MRN, false, false},
    {"patientid", DYE_MRN, false, false},
    {"patientno", DYE_MRN, false, false},
    {"银行", DYE_BANK_CARD, false, false},
    {"卡号", DYE_BANK_CARD, false, false},
    {"bankcard", DYE_BANK_CARD, false, false},
    {"bankaccount", DYE_BANK_CARD, false, false},
    {"cardno", DYE_BANK_CARD, false, false},
    {"cardnum", DYE_BANK_CARD, false, false},
    {"车牌", DYE_PLATE, false, false},
    {"plate", DYE_PLATE, false, false},
    {"运单", DYE_WAYBILL, false, false},
    {"快递单", DYE_WAYBILL, false, false},
    {"快递号", DYE_WAYBILL, false, false},
    {"物流单", DYE_WAYBILL, false, false},
    {"面单", DYE_WAYBILL, false, false},
    {"waybill", DYE_WAYBILL, false, false},
    {"tracking", DYE_WAYBILL, false, false},
    {"expressno", DYE_WAYBILL, false, false},
    {"保单", DYE_POLICY, false, false},
    {"policy", DYE_POLICY, false, false},
    {"出生", DYE_CELL_DATE, false, true},
    {"生日", DYE_CELL_DATE, false, true},
    {"birth", DYE_CELL_DATE, false, true},
    {"日期", DYE_CELL_DATE, false, false},
    {"时间", DYE_CELL_DATE, false, false},
    {"date", DYE_CELL_DATE, false, false},
    {"time", DYE_CELL_DATE, false, false},
    {"手机", DYE_MOBILE, false, false},
    {"电话", DYE_MOBILE, false, false},
    {"联系方式", DYE_MOBILE, false, false},
    {"mobile", DYE_MOBILE, false, false},
    {"phone", DYE_MOBILE, false, false},
    {"msisdn", DYE_MOBILE, false, false},
    {"tel", DYE_MOBILE, false, false},
    {"账号", DYE_ACCOUNT, false, false},
    {"帐号", DYE_ACCOUNT, false, false},
    {"账户", DYE_ACCOUNT, false, false},
    {"会员号", DYE_ACCOUNT, false, false},
    {"客户号", DYE_ACCOUNT, false, false},
    {"户号", DYE_ACCOUNT, false, false},
    {"合同号", DYE_ACCOUNT, false, false},
    {"account", DYE_ACCOUNT, false, false},
    {"userid", DYE_ACCOUNT, false, false},
    {"memberid", DYE_ACCOUNT, false, false},
    {"customerid", DYE_ACCOUNT, false, false},
    {"username", DYE_ACCOUNT, false, false},
    {"公司", DYE_CELL_TEXT, false, false},
    {"单位", DYE_CELL_TEXT, false, false},
    {"医院", DYE_CELL_TEXT, false, false},
    {"学校", DYE_CELL_TEXT, false, false},
    {"商品", DYE_CELL_TEXT, false, false},
    {"产品", DYE_CELL_TEXT, false, false},
    {"科室", DYE_CELL_TEXT, false, false},
    {"部门", DYE_CELL_TEXT, false, false},
    {"性别", DYE_CELL_TEXT, false, false},
    {"民族", DYE_CELL_TEXT, false, false},
    {"省份", DYE_CELL_TEXT, false, false},
    {"城市", DYE_CELL_TEXT, false, false},
    {"籍贯", DYE_CELL_TEXT, false, false},
    {"职业", DYE_CELL_TEXT, false, false},
    {"备注", DYE_CELL_TEXT, false, false},
    {"关系", DYE_CELL_TEXT, false, false},
    {"诊断", DYE_CELL_TEXT, false, false},
    {"company", DYE_CELL_TEXT, false, false},
    {"product", DYE_CELL_TEXT, false, false},
    {"filename", DYE_CELL_TEXT, false, false},
    {"hospital", DYE_CELL_TEXT, false, false},
    {"school", DYE_CELL_TEXT, false, false},
    {"city", DYE_CELL_TEXT, false, false},
    {"province", DYE_CELL_TEXT, false, false},
    {"gender", DYE_CELL_TEXT, false, false},
    {"姓名", DYE_NAME, false, false},
    {"名字", DYE_NAME, false, false},
    {"收件人", DYE_NAME, false, false},
    {"收货人", DYE_NAME, false, false},
    {"寄件人", DYE_NAME, false, false},
    {"联系人", DYE_NAME, false, false},
    {"投保人", DYE_NAME, false, false},
    {"被保险人", DYE_NAME, false, false},
    {"持卡人", DYE_NAME, false, false},
    {"户主", DYE_NAME, false, false},
    {"业主", DYE_NAME, false, false},
    {"患者", DYE_NAME, false, false},
    {"name", DYE_NAME, false, false},
    {"consignee", DYE_NAME, false, false},
    {"receiver", DYE_NAME, false, false},
    {"sender", DYE_NAME, false, false},
    {"sex", DYE_CELL_TEXT, true, false},
    {"xb", DYE_CELL_TEXT, true, false},
    {"mz", DYE_CELL_TEXT, true, false},
    {"jg", DYE_CELL_TEXT, true, false},
    {"bz", DYE_CELL_TEXT, true, false},
    {"idno", DYE_RESIDENT_ID, true, false},
    {"sfz", DYE_RESIDENT_ID, true, false},
    {"sfzh", DYE_RESIDENT_ID, true, false},
    {"sfzhm", DYE_RESIDENT_ID, true, false},
    {"zjh", DYE_RESIDENT_ID, true, false},
    {"zjhm", DYE_RESIDENT_ID, true, false},
    {"gmsfhm", DYE_RESIDENT_ID, true, false},
    {"xm", DYE_NAME, true, false},
    {"hzxm", DYE_NAME, true, false},
    {"sjrxm", DYE_NAME, true, false},
    {"sj", DYE_MOBILE, true, false},
    {"sjh", DYE_MOBILE, true, false},
    {"sjhm", DYE_MOBILE, true, false},
    {"dh", DYE_MOBILE, true, false},
    {"dhhm", DYE_MOBILE, true, false},
    {"lxdh", DYE_MOBILE, true, false},
    {"lxfs", DYE_MOBILE, true, false},
    {"yddh", DYE_MOBILE, true, false},
    {"dz", DYE_ADDRESS, true, false},
    {"lxdz", DYE_ADDRESS, true, false},
    {"jtzz", DYE_ADDRESS, true, false},
    {"hjdz", DYE_ADDRESS, true, false},
    {"shdz", DYE_ADDRESS, true, false},
    {"zz", DYE_ADDRESS, true, false},
    {"yx", DYE_EMAIL, true, false},
    {"dzyx", DYE_EMAIL, true, false},
    {"yhk", DYE_BANK_CARD, true, false},
    {"yhkh", DYE_BANK_CARD, true, false},
    {"kh", DYE_BANK_CARD, true, false},
    {"cph", DYE_PLATE, true, false},
    {"cphm", DYE_PLATE, true, false},
    {"ydh", DYE_WAYBILL, true, false},
    {"kddh", DYE_WAYBILL, true, false},
    {"wldh", DYE_WAYBILL, true, false},
    {"bdh", DYE_POLICY, true, false},
    {"blh", DYE_MRN, true, false},
    {"zyh", DYE_MRN, true, false},
    {"mzh", DYE_MRN, true, false},
    {"wx", DYE_WECHAT, true, false},
    {"wxh", DYE_WECHAT, true, false},
    {"hh", DYE_ACCOUNT, true, false},
    {"csrq", DYE_CELL_DATE, true, true},
    {"csny", DYE_CELL_DATE, true, true},
    {"dob", DYE_CELL_DATE, true, true},
    {"rq", DYE_CELL_DATE, true, false},
};

/* More that columns are called by. None of them is a surname or what people are called. */
static const char *const words[] = {
    "号码",     "编号",        "编码",       "序号",         "单号",         "号",        "名称",       "证件",
    "代码",     "金额",        "余额",       "价格",         "数量",         "年龄",      "血型",       "身高",
    "体重",     "学历",        "婚姻",       "国籍",         "订单",         "下单",      "收件",       "寄件",
    "收货",     "发货",        "签收",       "快递",         "物流",         "客户",      "用户",       "会员",
    "昵称",     "保险",        "理赔",       "药品",         "处方",         "检查",      "检验",       "结果",
    "就诊",     "入院",        "出院",       "挂号",         "医生",         "医师",      "床位",       "病区",
    "主诉",     "症状",        "房号",       "房间",         "楼栋",         "单元",      "楼层",       "小区",
    "物业",     "面积",        "入住",       "退房",         "酒店",         "航班",      "车次",       "座位",
    "行程",     "轨迹",        "位置",       "经度",         "纬度",         "通话",      "时长",       "主叫",
    "被叫",     "短信",        "征信",       "贷款",         "额度",         "逾期",      "工资",       "收入",
    "支付",     "交易",        "流水",       "开户",         "支行",         "套餐",      "运营商",     "网点",
    "营业厅",   "渠道",        "来源",       "经办",         "创建",         "更新",      "登记",       "办理",
    "注册",     "登录",        "开始",       "结束",         "最后",         "最近",      "首次",       "当前",
    "家庭",     "家长",        "父亲",       "母亲",         "配偶",         "子女",      "学生",       "班级",
    "年级",     "专业",        "紧急",       "备用",         "固定",         "移动",      "主要",       "其他",
    "本人",     "详细",        "统一",       "社会",         "全国",         "电子",      "联系",       "办公",
    "工作",     "户籍",        "现住",       "居住",         "常住",         "投保",      "被保",       "承保",
    "生效",     "到期",        "缴费",       "保费",         "面诊",         "所在",      "现",         "省",
    "市",       "区县",        "区",         "县",           "街道",         "社区",      "车型",       "车架",
    "发动机",   "品牌",        "型号",       "规格",         "颜色",         "是否",      "标志",       "标记",
    "描述",     "内容",        "标题",       "链接",         "图片",         "照片",      "头像",       "意向",
    "跟进",     "等级",        "级别",       "积分",         "优惠",         "的",        "人",         "及",
    "和",       "id",          "no",         "num",          "number",       "code",      "key",        "index",
    "seq",      "serial",      "row",        "line",         "first",        "last",      "full",       "real",
    "nick",     "middle",      "given",      "family",       "sur",          "user",      "customer",   "client",
    "member",   "patient",     "person",     "people",       "student",      "teacher",   "doctor",     "guest",
    "owner",    "agent",       "staff",      "employee",     "contact",      "recipient", "buyer",      "seller",
    "holder",   "insured",     "applicant",  "father",       "mother",       "parent",    "spouse",     "child",
    "cell",     "home",        "work",       "office",       "fax",          "ext",       "area",       "country",
    "state",    "district",    "county",     "street",       "road",         "town",      "village",    "building",
    "unit",     "floor",       "room",       "house",        "location",     "zip",       "post",       "postal",
    "latitude", "longitude",   "lat",        "lng",          "lon",          "email",     "address",    "card",
    "bank",     "branch",      "credit",     "debit",        "loan",         "amount",    "balance",    "price",
    "total",    "cost",        "fee",        "pay",          "paid",         "payment",   "salary",     "income",
    "order",    "item",        "goods",      "sku",          "quantity",     "qty",       "count",      "weight",
    "height",   "age",         "born",       "year",         "month",        "day",       "hour",       "minute",
    "start",    "end",         "begin",      "create",       "created",      "update",    "updated",    "modify",
    "modified", "delete",      "deleted",    "register",     "login",        "expire",    "expires",    "valid",
    "at",       "by",          "on",         "of",           "the",          "is",        "has",        "flag",
    "level",    "grade",       "rank",       "score",        "point",        "points",    "class",      "kind",
    "category", "group",       "role",       "tag",          "label",        "title",     "content",    "text",
    "note",     "notes",       "remark",     "remarks",      "comment",      "memo",      "desc",       "description",
    "detail",   "details",     "info",       "data",         "value",        "url",       "uri",        "link",
    "image",    "photo",       "picture",    "avatar",       "file",         "path",      "hash",       "source",
    "origin",   "channel",     "site",       "store",        "shop",         "dept",      "department", "job",
    "position", "occupation",  "education",  "degree",       "marital",      "married",   "nation",     "nationality",
    "ethnic",   "race",        "blood",      "diagnosis",    "disease",      "symptom",   "drug",       "medicine",
    "visit",    "admission",   "discharge",  "ward",         "bed",          "record",    "history",    "insurance",
    "claim",    "premium",     "product",    "plan",         "vehicle",      "car",       "vin",        "engine",
    "brand",    "model",       "color",      "flight",       "train",        "seat",      "hotel",      "check",
    "in",       "out",         "call",       "called",       "caller",       "duration",  "message",    "sms",
    "imei",     "imsi",        "iccid",      "operator",     "carrier",      "express",   "logistics",  "shipping",
    "ship",     "delivery",    "delivered",  "sign",         "signed",       "parcel",    "package",    "open",
    "union",    "app",         "version",    "device",       "token",        "session",   "language",   "currency",
    "tax",      "company",     "enterprise", "organization", "org",          "parent",    "self",       "other",
    "old",      "new",         "main",       "primary",      "secondary",    "default",   "temp",       "backup",
    "extra",    "is",          "to",         "from",         "for",          "and",       "or",         "us",
    "cn",       "en",          "gender",     "birthday",     "birthdate",    "tele",      "telephone",  "cellphone",
    "identity", "certificate", "cert",       "license",      "licence",      "social",    "security",   "xingming",
    "shouji",   "shoujihao",   "dianhua",    "dizhi",        "shenfenzheng", "xingbie",   "nianling",   "riqi",
    "beizhu",   "youxiang",    "chepai",     "kahao",        "danhao",       "人脸",      "face",       "存款",
    "资产",     "消费",        "聊天",       "病情",         "病史",         "过敏",
};

enum { SAYING = sizeof words_that_say / sizeof *words_that_say, WORDS = sizeof words / sizeof *words };

/* ---- what it says ---- */

static bool contains(const char *text, size_t n, const char *word, bool whole)
{
    size_t k = strlen(word);
    if (whole)
        return n == k && memcmp(text, word, k) == 0;
    return memmem(text, n, word, k) != NULL;
}

static void read_meaning(struct dye_span name, struct column_name *ret)
{
    char tight[NAME_MAX_BYTES]; /* lower case, without what parts words */
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 0x80 || dye_is_alpha(name.p[i]))
            tight[n++] = (char)dye_to_lower(name.p[i]);
    for (size_t i = 0; i < SAYING; i++) {
        const struct says *s = &words_that_say[i];
        if (!contains(tight, n, s->word, s->whole))
            continue;
        ret->says = s->cell;
        ret->born = s->born;
        return;
    }
}

/* ---- what is told ---- */

static size_t starts(const uint8_t *p, size_t n, const char *word)
{
    size_t k = strlen(word);
    return k <= n && strncasecmp((const char *)p, word, k) == 0 ? k : 0;
}

/* Word number i, of both lists. */
static const char *word_at(size_t i)
{
    return i < SAYING ? words_that_say[i].word : words[i - SAYING];
}

/* A run of letters that is made of known words, or has none that could be a name. */
static bool is_tellable(const uint8_t *p, size_t n)
{
    bool reached[NAME_MAX_BYTES + 1] = {true};
    size_t vowels = 0;
    for (size_t i = 0; i < n; i++)
        vowels += strchr("aeiou", dye_to_lower(p[i])) != NULL;
    if (n == 1 || (vowels == 0 && n <= INITIALS_MAX))
        return true;
    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; reached[i] && w < SAYING + WORDS; w++) {
            bool whole = w < SAYING && words_that_say[w].whole;
            size_t k = whole ? 0 : starts(p + i, n - i, word_at(w));
            if (k > 0)
                reached[i + k] = true;
        }
    return reached[n];
}

/* The longest known word beyond ASCII at p. */
static size_t wide_word(const uint8_t *p, size_t n)
{
    size_t best = 0;
    for (size_t w = 0; w < SAYING + WORDS; w++) {
        size_t k = (uint8_t)word_at(w)[0] >= 0x80 ? starts(p, n, word_at(w)) : 0;
        best = k > best ? k : best;
    }
    return best;
}

/* What stands at i, as one piece: *ret_end is behind it. Whether it may be told. */
static bool piece(struct dye_span s, size_t i, size_t *ret_end)
{
    size_t end = i;
    if (dye_is_alpha(s.p[i])) {
        while (end < s.n && dye_is_alpha(s.p[end]))
            end++;
        *ret_end = end;
        return is_tellable(s.p + i, end - i);
    }
    if (dye_is_digit(s.p[i])) {
        while (end < s.n && dye_is_digit(s.p[end]))
            end++;
        *ret_end = end;
        return end - i <= DIGITS_MAX;
    }
    if (s.p[i] < 0x80) {
        *ret_end = i + 1;
        return s.p[i] != '\0' && strchr("_-./ ()", s.p[i]) != NULL;
    }
    size_t k = wide_word(s.p + i, s.n - i);
    *ret_end = i + (k > 0 ? k : dye_charset_step(DYE_CHARSET_UTF8, s.p + i, s.n - i));
    return k > 0;
}

static void tell(struct dye_span name, struct column_name *ret)
{
    size_t n = 0;
    bool said = false;
    for (size_t i = 0, end; i < name.n; i = end) {
        bool ok = piece(name, i, &end);
        size_t k = ok ? end - i : 1;
        if (n + k > DYE_COLUMN_NAME_MAX_BYTES)
            break;
        if (ok)
            memcpy(ret->told + n, name.p + i, k);
        else if (n > 0 && ret->told[n - 1] == '*')
            continue;
        else
            ret->told[n] = '*';
        said = said || (ok && (name.p[i] >= 0x80 || dye_is_alpha(name.p[i])));
        n += k;
    }
    ret->told[said ? n : 0] = '\0';
}

void column_name_read(struct dye_span name, struct column_name *ret)
{
    *ret = (struct column_name){.says = 0};
    if (name.n == 0 || name.n > NAME_MAX_BYTES || memchr(name.p, '@', name.n) != NULL) /* no column is called so */
        return;
    read_meaning(name, ret);
    tell(name, ret);
}
