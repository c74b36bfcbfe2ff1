import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.openwhisk.core.entity.ExecManifest;
import org.apache.openwhisk.core.entity.ExecManifest$;
import scala.Option;
import scala.util.Try;
import spray.json.JsObject;
import spray.json.JsonParser$;
import spray.json.ParserInput$;

/** Judges manifests as a controller does when it starts: one a line, in base64. */
public class Manifests {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            System.out.println(judge(text).replace('\n', ' '));
        }
    }

    private static String judge(String text) {
        try {
            JsObject manifest = JsonParser$.MODULE$.apply(ParserInput$.MODULE$.apply(text)).asJsObject();
            Try<ExecManifest.Runtimes> made = ExecManifest$.MODULE$.runtimes(
                manifest, new ExecManifest.RuntimeManifestConfig(Option.empty(), Option.empty()));
            return made.isSuccess()
                ? "taken " + made.get().toJson().compactPrint()
                : "refused " + made.failed().get();
        } catch (Throwable thrown) {
            return "refused " + thrown;
        }
    }
}
