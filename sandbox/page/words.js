// Labels of the page in Chinese and English. Text of the spec is shown unchanged.
"use strict";

const WORDS = {
  zh: {
    other: "English", docs: "接口文档", endpoint: "接口", tool: "接口测试工具", method: "请求方式", format: "返回格式",
    debug: "请求调试数据", check: "发送前检查", send: "发送", example: "填入示例", pay: "发送并付费", cancel: "取消", raw: "原始数据",
    request: "请求说明", response: "返回参数说明", samples: "请求示例", statuses: "状态码", sandbox: "沙箱：不连接服务商，不计费",
    live: "真实服务商：每次成功调用都会计费", required: "必填", optional: "选填", act: "执行操作", query: "查询",
    name: "名称", type: "类型", about: "说明", shown: "示例", code: "状态码", words: "说明", billed: "计费", next: "处理办法",
    noprice: "价格未知", price: (price) => `每次成功调用 ${price}，单价取决于购买次数`, sending: "正在发送…",
    confirm: (title, price) => `将向真实服务商调用“${title}”。${price}。请求包含真实的个人信息。`,
    whole: "全部返回数据", always: "是", never: "否", unknown: "未知",
    outcomes: { data: "有数据", debug: "调试数据，不是真实结果", no_data: "查无数据", pending: "已受理，结果稍后送达", refused: "本地拒绝，未发送", error: "被服务商拒绝", not_sent: "未发出", unknown: "结果未知", undecodable: "数据与规格不符" },
    billings: { billed: "已计费", free: "未计费", not_sent: "未发送，未计费", unknown: "是否计费未知" },
    sandboxed: { billed: "服务商会计费（沙箱不计费）", free: "服务商不计费", not_sent: "未发送，未计费", unknown: "服务商是否计费未知" },
    broken: "页面服务器无响应",
  },
  en: {
    other: "中文", docs: "API documentation", endpoint: "Endpoint", tool: "Test tool", method: "Method", format: "Format",
    debug: "Request debug data", check: "Check values first", send: "Send", example: "Fill in the example", pay: "Send and pay", cancel: "Cancel",
    raw: "Raw data", request: "Request", response: "Response", samples: "Samples", statuses: "Status codes",
    sandbox: "Sandbox: reaches no provider, bills nothing", live: "Real provider: each successful call is billed",
    required: "required", optional: "optional", act: "changes something", query: "look-up",
    name: "Name", type: "Type", about: "About", shown: "Example", code: "Code", words: "Meaning", billed: "Billed", next: "What to do",
    noprice: "Unknown price", price: (price) => `${price} for each successful call, by the number of calls that are bought`, sending: "Sending…",
    confirm: (title, price) => `This calls “${title}” of the real provider. ${price}. It contains a real person's data.`,
    whole: "the payload as a whole", always: "yes", never: "no", unknown: "unknown",
    outcomes: { data: "Data", debug: "Debug data, which is made up", no_data: "No data", pending: "Accepted; the answer comes later", refused: "Refused before it was sent", error: "Refused by the provider", not_sent: "Not sent", unknown: "Unknown outcome", undecodable: "The data differs from the spec" },
    billings: { billed: "billed", free: "free", not_sent: "not sent, free", unknown: "unknown whether it was billed" },
    sandboxed: { billed: "the provider would bill this (the sandbox does not)", free: "the provider would not bill this", not_sent: "not sent, free", unknown: "unknown whether the provider would bill this" },
    broken: "the server of this page does not answer",
  },
};
