;;; drive_emacs.el --- What does a real Emacs with Eglot do with the documented snippet?  -*- lexical-binding: t -*-
;; The steps in the JSON file that DRIVE names, one after another:
;;   snippet  the user's configuration, a file     root, file  the workspace and its file
;;   steps    each an object with one of
;;     at, action  the code action whose title begins so, on a line from 1
;;     command     an interactive command
;;     type        puts a line at the end of the buffer
;;     answer      what is answered to every question: "y" or "n"
;;     choose      what is chosen where the server asks; without it, nothing is
;;     writing     waits until a model has written an edit, not for a message
;;     kill        kills the server's process
;; Writes to DRIVE_REPORT, for each step: titles, seconds that Eglot waited, messages, questions, and the text of every
;; buffer with a file.
(require 'seq)
(require 'json)
(setq make-backup-files nil create-lockfiles nil)

(defvar drive-said nil "What the server said, newest first.")
(defvar drive-progress nil "What the server told of its work, newest first.")
(defvar drive-asked nil "What the user was asked, newest first.")
(defvar drive-answer "y")
(defvar drive-stood-still nil "For how many seconds Eglot waited for a command.")

(defun drive-be-idle ()
  "Run what waits once for the user to be idle.
Emacs has no command loop in batch mode, and so is never idle; Eglot tells of changes when it is."
  (dolist (timer (copy-sequence timer-idle-list))
    (unless (timer--repeat-delay timer)
      (timer-event-handler timer))))

(defun drive-wait (what condition)
  "Wait until CONDITION holds, else fail with WHAT."
  (let ((end (+ (float-time) 40)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "%s did not come" what))
      (accept-process-output nil 0.05)
      (drive-be-idle))))

(defun drive-ask (question)
  "Answer QUESTION as the step says."
  (push question drive-asked)
  (equal drive-answer "y"))

(defun drive-choose (choice)
  "What `completing-read' is to do: take CHOICE, or nothing."
  (lambda (prompt &rest _)
    (push prompt drive-asked)
    (or choice "")))

(defun drive-kill ()
  "Kill the server, and wait until Eglot has started it anew, which it does by itself."
  (let ((old (eglot-current-server)))
    (signal-process (jsonrpc--process old) 'KILL)
    (drive-wait "another server"
                (lambda () (let ((new (eglot-current-server))) (and new (not (eq new old))))))
    ;; It is asked before it has indexed what the menu is made of.
    (goto-char (point-min))
    (drive-wait "its menu" (lambda () (ignore-errors (eglot-code-actions (point) (line-end-position)))))))

(defun drive-buffers ()
  "The text of every buffer with a file, by the file's name."
  (let (texts)
    (dolist (buffer (buffer-list) texts)
      (when-let* ((file (buffer-file-name buffer)))
        (setq texts (plist-put texts (intern (concat ":" (file-name-nondirectory file)))
                               (with-current-buffer buffer (buffer-string))))))))

(defun drive-action (step)
  "Run the code action that STEP names; the titles of all that were offered."
  (goto-char (point-min))
  (forward-line (1- (plist-get step :at)))
  (let* ((actions (append (eglot-code-actions (point) (line-end-position)) nil))
         (title (lambda (action) (plist-get action :title)))
         (action (seq-find (lambda (each) (string-prefix-p (plist-get step :action) (funcall title each))) actions)))
    (unless action (error "No action begins with %s" (plist-get step :action)))
    (let ((started (float-time)))
      (eglot-execute (eglot-current-server) action)
      (setq drive-stood-still (- (float-time) started)))
    (if (plist-get step :writing)
        (drive-wait "the model" (lambda () (seq-some (lambda (told) (string-search "wrote edit" told)) drive-progress)))
      (drive-wait "a message" (lambda () drive-said)))
    (vconcat (mapcar title actions))))

(defun drive-step (step)
  "Carry STEP out and report it."
  (setq drive-said nil drive-asked nil drive-stood-still nil drive-answer (or (plist-get step :answer) "y"))
  (setq completing-read-function (drive-choose (plist-get step :choose)))
  (when (plist-get step :kill) (drive-kill))
  (let ((titles (and (plist-get step :action) (drive-action step))))
    (when-let* ((text (plist-get step :type)))
      (goto-char (point-max))
      (insert text))
    (when-let* ((command (plist-get step :command)))
      (call-interactively (intern command))
      (drive-wait "a message" (lambda () drive-said)))
    (list :titles (or titles []) :seconds (or drive-stood-still 0) :messages (vconcat (reverse drive-said))
          :asked (vconcat (reverse drive-asked)) :buffers (drive-buffers))))

(defun drive (given)
  "Open the file and carry out the steps that are GIVEN; what came of each."
  (load (plist-get given :snippet) nil t t)
  (require 'eglot)
  (cl-defmethod eglot-handle-notification :before (_server (_method (eql window/showMessage)) &key message &allow-other-keys)
    (push message drive-said))
  (cl-defmethod eglot-handle-notification :before (_server (_method (eql $/progress)) &key value &allow-other-keys)
    (push (or (plist-get value :message) "") drive-progress))
  (advice-add 'y-or-n-p :override #'drive-ask)
  (find-file (expand-file-name (plist-get given :file) (plist-get given :root)))
  (run-hooks 'post-command-hook)        ; there is no command loop in batch mode, and `eglot-ensure' waits for it
  (drive-wait "the server" #'eglot-current-server)
  (vconcat (mapcar #'drive-step (plist-get given :steps))))

(let* ((coding-system-for-read 'utf-8)
       (given (with-temp-buffer
                (insert-file-contents (getenv "DRIVE"))
                (json-parse-buffer :object-type 'plist)))
       (report (condition-case problem
                   (list :steps (drive given))
                 (error (list :problem (error-message-string problem))))))
  (save-some-buffers t)
  (ignore-errors (eglot-shutdown (eglot-current-server)))
  (let ((coding-system-for-write 'utf-8))
    (with-temp-file (getenv "DRIVE_REPORT")
      (insert (decode-coding-string (json-serialize report :false-object :false) 'utf-8)))))
;;; drive_emacs.el ends here
