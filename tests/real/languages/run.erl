-module(run).
-export([main/0, loop/0]).
say(N, V) -> io:format("~s ~p~n", [N, V]).
fib(N) when N < 2 -> N; fib(N) -> fib(N - 1) + fib(N - 2).
loop() -> receive {P, N} -> P ! {self(), N * N}, loop(); stop -> ok end.
ring(0, L) -> receive N -> L ! N + 1 end; ring(K, L) -> P = spawn(fun() -> ring(K - 1, L) end), receive N -> P ! N + 1 end.
float(0, F) -> F; float(N, F) -> float(N - 1, F * 0.999 + math:sin(N) / (N + 0.5) - trunc(F) rem 3).
main() ->
    say(fib, fib(22)),
    S = self(), [spawn(fun() -> S ! N * N end) || N <- lists:seq(1, 1000)], say(spawn, lists:sum([receive X -> X end || _ <- lists:seq(1, 1000)])),
    P = spawn(fun() -> ring(2000, S) end), P ! 0, say(ring, receive R -> R end),
    say(big, erlang:phash2(lists:foldl(fun(A, B) -> A * B end, 1, lists:seq(1, 800)))), say(bigdiv, (1 bsl 400) div 12345678901234567890 rem 1000000007),
    say(float, float(100000, 1.0)), say(binary, erlang:crc32(<< <<(X * X):24, (X / 3):64/float, X:13>> || X <- lists:seq(1, 5000) >>)),
    <<A:7, B:17/little, C:32/float, _/bits>> = <<16#123456789abcdef0:64, 7>>, say(match, {A, B, C}),
    T = ets:new(t, [ordered_set]), [ets:insert(T, {X * 7919 rem 10007, X}) || X <- lists:seq(1, 20000)], say(ets, {ets:info(T, size), ets:first(T), lists:sum([V || {_, V} <- ets:tab2list(T)])}),
    say(catches, [catch F() || F <- [fun() -> throw(a) end, fun() -> exit(b) end]]), say(errors, try 1 / (fib(0)) catch error:E -> E end),
    say(md5, erlang:phash2(erlang:md5(lists:seq(0, 255)))), say(map, maps:fold(fun(K, V, Q) -> Q + K * V end, 0, maps:from_list([{X, X rem 7} || X <- lists:seq(1, 20000)]))),
    say(regexp, re:run("abc123def", "(\\d+)", [{capture, all, list}])), say(zlib, byte_size(zlib:uncompress(zlib:compress(binary:copy(<<"abc">>, 100000))))),
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]), {ok, Port} = inet:port(L), spawn(fun() -> {ok, K} = gen_tcp:accept(L), gen_tcp:send(K, "over tcp"), gen_tcp:close(K) end),
    {ok, K} = gen_tcp:connect("127.0.0.1", Port, [binary, {active, false}]), say(tcp, gen_tcp:recv(K, 0)), say(port, os:cmd("echo child")),
    timer:sleep(20), say(sort, erlang:phash2(lists:sort([X * 7919 rem 10007 || X <- lists:seq(1, 30000)]))), halt().
