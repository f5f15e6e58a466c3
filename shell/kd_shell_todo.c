typedef int kd_shell_todo;
