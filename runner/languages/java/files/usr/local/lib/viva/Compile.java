/*
 * Compile.java - all Java sources below the current folder into one jar, in one virtual machine.
 *
 * Compile <start file> <jar>: the class that the start file is named after is what the jar starts. Messages are
 * javac's own, on stderr; the status is 1 when there were errors.
 */
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

public class Compile {
    private static final Pattern PACKAGE = Pattern.compile("^\\s*package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);

    private static List<Path> below(Path top, String ending) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(p -> p.toString().endsWith(ending)).sorted().collect(Collectors.toList());
        }
    }

    private static String mainClass(Path file) throws IOException {
        String name = file.getFileName().toString().replaceFirst("\\.java$", "");
        Matcher found = PACKAGE.matcher(Files.readString(file));
        return found.find() ? found.group(1) + "." + name : name;
    }

    private static void pack(Path classes, String main, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream to = new JarOutputStream(out, manifest)) {
            to.setLevel(1);
            for (Path file : below(classes, ".class")) {
                to.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, to);
                to.closeEntry();
            }
        }
    }

    public static void main(String[] args) throws IOException {
        Path classes = Files.createTempDirectory("classes");
        List<String> words = new ArrayList<>(List.of("-g", "-Xlint:unchecked", "-d", classes.toString()));
        for (Path file : below(Path.of("."), ".java"))
            words.add(Path.of(".").relativize(file).toString());
        int status = ToolProvider.getSystemJavaCompiler().run(null, System.err, System.err, words.toArray(new String[0]));
        if (status == 0)
            pack(classes, mainClass(Path.of(args[0])), Path.of(args[1]));
        System.exit(status == 0 ? 0 : 1);
    }
}
