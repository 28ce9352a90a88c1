package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OperatorTableTest {

    /** The table has every operator that is read, each once, and no other. */
    @Test
    void theDocumentsTableIsTheListOfOperators() throws IOException {
        String document = Files.readString(Path.of("docs/networks.md"));
        String table = document.substring(document.indexOf("| what | operators | limits |"),
                document.indexOf("Not read, and named in the error"));
        Set<String> named = new TreeSet<>();
        for (String row : table.lines().skip(2).filter(line -> !line.isBlank()).toList()) {
            Set<String> operators = Pattern.compile("`(\\w+)`").matcher(row.split("\\|")[2])
                    .results().map(found -> found.group(1)).collect(Collectors.toSet());
            operators.forEach(operator -> assertTrue(named.add(operator), operator));
        }
        assertEquals(Operators.names(), named);
    }

    @Test
    void theDocumentNamesOnnxRuntimesOperators() throws IOException {
        String document = Files.readString(Path.of("docs/networks.md"));
        String list = document.substring(document.indexOf("optimizer write:"),
                document.indexOf("## Which types of numbers are read"));
        assertEquals(Operators.microsoftNames(), Pattern.compile("`(\\w+)`").matcher(list).results()
                .map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new)));
    }
}
