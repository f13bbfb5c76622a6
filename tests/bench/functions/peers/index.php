<?php
/*
 * index.php - the same by PHP-FPM: persistent connections, a statement prepared once a connection, checked tokens
 * remembered in APCu. No framework.
 */
declare(strict_types=1);

function refuse(int $status, string $why): never
{
	http_response_code($status);
	header('Content-Type: application/problem+json');
	exit(json_encode(['status' => $status, 'title' => $why]));
}

function text(mixed $v, int $min, int $max): bool
{
	return is_string($v) && ($n = iconv_strlen($v)) >= $min && $n <= $max;
}

function number(mixed $v, int $max): bool
{
	return is_int($v) && $v >= 0 && $v <= $max;
}

function check(mixed $e): bool
{
	if (!is_array($e) || array_diff(array_keys($e), ['room', 'kind', 'text', 'line', 'column', 'labels']))
		return false;
	if (!is_string($e['room'] ?? null) || !preg_match('/^[A-Za-z0-9_-]{22}$/D', $e['room']))
		return false;
	if (!in_array($e['kind'] ?? null, ['typed', 'ran', 'said', 'left'], true) || !text($e['text'] ?? null, 1, 200))
		return false;
	if (!number($e['line'] ?? null, 1000000) || !(!isset($e['column']) || number($e['column'], 1000)))
		return false;
	if (!is_array($e['labels'] ?? null) || !array_is_list($e['labels']) || count($e['labels']) > 8)
		return false;
	return array_all_text($e['labels']);
}

function array_all_text(array $labels): bool
{
	foreach ($labels as $label)
		if (!text($label, 1, 20))
			return false;
	return true;
}

function redis(): Redis
{
	$redis = new Redis();
	$redis->pconnect(getenv('REDIS'));
	return $redis;
}

function push(): void
{
	$event = json_decode(file_get_contents('php://input'), true, 8);
	if (!check($event))
		refuse(422, 'The request is not valid');
	$id = redis()->xAdd('bench', '*', ['event' => json_encode($event)], 1000, true);
	http_response_code(201);
	header('Content-Type: application/json');
	echo json_encode(['id' => $id]);
}

function bytes(string $text): string
{
	return base64_decode(strtr($text, '-_', '+/'));
}

/* JOSE's r|s as the DER that OpenSSL wants. */
function der(string $signature): string
{
	$integers = '';
	foreach (str_split($signature, 32) as $part) {
		$part = ltrim($part, "\0");
		if ($part === '' || ord($part[0]) > 127)
			$part = "\0" . $part;
		$integers .= "\x02" . chr(strlen($part)) . $part;
	}
	return "\x30" . chr(strlen($integers)) . $integers;
}

function claims(string $token): array
{
	$known = apcu_fetch($token);
	if ($known !== false && $known['exp'] > time())
		return $known;
	$part = explode('.', $token);
	if (count($part) !== 3 || strlen($signature = bytes($part[2])) !== 64)
		refuse(401, 'Sign in first');
	$header = json_decode(bytes($part[0]), true);
	$claims = json_decode(bytes($part[1]), true);
	if (($header['alg'] ?? '') !== 'ES256' || ($claims['exp'] ?? 0) <= time()
	    || openssl_verify("$part[0].$part[1]", der($signature), getenv('PUBLIC_KEY'), OPENSSL_ALGO_SHA256) !== 1)
		refuse(401, 'Sign in first');
	apcu_store($token, $claims, 60);
	return $claims;
}

function note(string $id): void
{
	$who = claims(preg_replace('/^Bearer /', '', $_SERVER['HTTP_AUTHORIZATION'] ?? ''));
	if (redis()->exists("session:gone:{$who['sid']}"))
		refuse(401, 'Sign in first');
	if (!ctype_digit($id) || (int)$id < 1 || (int)$id > 1000000)
		refuse(422, 'The request is not valid');
	$pg = pg_pconnect(getenv('PG_CONNECTION'));
	$result = @pg_execute($pg, 'note_get', [$id]);
	if ($result === false) {
		pg_prepare($pg, 'note_get', 'SELECT id, title, text, author, iso(created_at) AS created_at FROM bench_note WHERE id = $1::int');
		$result = pg_execute($pg, 'note_get', [$id]);
	}
	$row = pg_fetch_assoc($result);
	if ($row === false)
		refuse(404, 'There is no such note');
	$row['id'] = (int)$row['id'];
	header('Content-Type: application/json');
	echo json_encode($row);
}

$path = explode('?', $_SERVER['REQUEST_URI'])[0];
match (true) {
	$path === '/bench/empty' => http_response_code(204),
	$path === '/bench/events' && $_SERVER['REQUEST_METHOD'] === 'POST' => push(),
	str_starts_with($path, '/bench/notes/') => note(substr($path, 13)),
	default => refuse(404, 'There is no such thing'),
};
