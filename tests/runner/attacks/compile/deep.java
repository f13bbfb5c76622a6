// claim: an expression deeper than the compiler's stack ends as its mistake
// status: compile_error ok
class Main {
    static <T> java.util.function.Function<T, T> f(java.util.function.Function<T, T> a, java.util.function.Function<T, T> b) {
        return a;
    }

    public static void main(String[] args) {
        var x = f(f(f(f(f(f(f(f(f(f(f(f(f(f(a -> a, b -> b), f(a -> a, b -> b)), f(f(a -> a, b -> b), c -> c)), d -> d), e -> e),
            g -> g), h -> h), i -> i), j -> j), k -> k), l -> l), m -> m), n -> n), o -> o);
        System.out.println(x);
    }
}
