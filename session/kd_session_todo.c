typedef int kd_session_todo;
