import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.tools.NodeTool;

/** nodetool of 3.11 on a Java later than 8: what it finds missing there, it reports to settings that it has not read. */
public class Nodetool3 {
    public static void main(String[] arguments) {
        DatabaseDescriptor.clientInitialization();
        NodeTool.main(arguments);
    }
}
