<?php
// Whole calls as PHP makes them: a form by http_build_query, a stream, a connection for each call.
[, $url, $app, $secret, $calls] = $argv;
$latencies = [];
$began = hrtime(true);
for ($i = 0; $i < $calls; $i++) {
    $call = hrtime(true);
    $fields = ['appid' => $app, 'bank_id' => '11010519491231002X', 'bank_name' => '张三', 'format' => 'json', 'time' => (string) time()];
    ksort($fields, SORT_STRING);
    $text = '';
    foreach ($fields as $key => $value) {
        $text .= $key . $value;
    }
    $fields['sign'] = md5($text . $secret);
    $context = stream_context_create(['http' => [
        'method' => 'POST', 'header' => 'Content-Type: application/x-www-form-urlencoded;charset=utf-8', 'content' => http_build_query($fields),
    ]]);
    $reply = json_decode(file_get_contents($url . '/pyi/62/169', false, $context), true);
    if ((int) $reply['codeid'] !== 10000 || !isset($reply['retdata']['bank_status'])) {
        exit(1);
    }
    $latencies[] = (hrtime(true) - $call) / 1000;
}
sort($latencies);
$seconds = (hrtime(true) - $began) / 1e9;
$usage = getrusage();
$cpu = $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'] + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
echo json_encode(['client' => 'PHP', 'in_flight' => 1, 'calls_s' => $calls / $seconds, 'calls_core_s' => $calls / $cpu,
    'p50_us' => (int) $latencies[intdiv($calls, 2)], 'p99_us' => (int) $latencies[intdiv($calls * 99, 100)]]), "\n";
