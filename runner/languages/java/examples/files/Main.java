import shapes.Twice;

public class Main {
    public static void main(String[] args) {
        System.out.println(Twice.of(21));
    }
}
