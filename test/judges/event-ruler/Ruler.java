import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/** Reads lines {"pattern": .., "events": [..]} and answers each with y or n for every event, or with "refused: why". */
public class Ruler {
  public static void main(String[] arguments) throws Exception {
    var mapper = new ObjectMapper();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonNode asked = mapper.readTree(line);
      out.println(answer(asked));
    }
    out.flush();
  }

  private static String answer(JsonNode asked) throws Exception {
    var machine = new Machine();
    try {
      machine.addRule("rule", asked.get("pattern").toString());
    } catch (Exception refusal) {
      return "refused: " + String.valueOf(refusal.getMessage()).replaceAll("\\s+", " ");
    }
    var verdicts = new StringBuilder();
    for (var event : asked.get("events")) {
      verdicts.append(machine.rulesForJSONEvent(event.toString()).isEmpty() ? 'n' : 'y');
    }
    return verdicts.toString();
  }
}
